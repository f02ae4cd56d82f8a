#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "limits.h"

#define FIRST(list) ((list)->items[0])

struct list {
	int count;
	int *items;
};

static int unused_total;

int sum(const struct list *list)
{
	int i, total;

	for (i = 0; i < list->count; i++)
		total += list->items[i];
	return total;
}

int grow(struct list *list, int more)
{
	int *items = realloc(list->items, sizeof(int) * (list->count + more));

	if (items = NULL)
		return -1;
	list->items = items;
	switch (more) {
	case 0:
		printf("nothing to do: %s\n", more);
	default:
		list->count += more;
	}
	return clamp(FIRST(list), 7);
}

void greet(const char *name)
{
	char buf[8];

	sprintf(buf, "hello, %s: error: 5", name);
	printf(buf);
}

int main(int argc, char **argv)
{
	struct list *list = malloc(sizeof *list);

	memset(list, 0, sizeof(list));
	free(list);
	greet("somebody far away");
	return sum(list) + argc;
}
