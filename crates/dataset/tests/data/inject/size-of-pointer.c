// expect: 7 8 9
#include <stdlib.h>
#include <string.h>
struct node { int a; long b; };
struct node *make(void)
{
	struct node *n = malloc(sizeof(struct node));
	memset(n, 0, sizeof(*n));
	memset(n, 0, sizeof *n);
	int *p = malloc(sizeof(int));
	free(p);
	return n;
}
