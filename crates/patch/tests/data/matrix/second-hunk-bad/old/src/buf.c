#include <stdlib.h>
#include <string.h>

#include "buf.h"

/* Makes an empty buffer for n bytes. */
int buf_init(struct buf *b, size_t n)
{
	b->data = malloc(n);
	b->len = 0;
	b->cap = n;
	return 0;
}

void buf_free(struct buf *b)
{
	free(b->data);
	b->data = NULL;
}

int buf_put(struct buf *b, const void *p, size_t n)
{
	if (b->len + n > b->cap)
		return -1;

	memcpy(b->data + b->len, p, n);
	b->len += n;
	return 0;
}

int buf_grow(struct buf *b, size_t n)
{
	void *data = realloc(b->data, n);

	b->data = data;
	b->cap = n;
	return 0;
}
