// expect: 7
#include <stdlib.h>
int *make(int n, int m)
{
	int *p = malloc(n);
	free(p);
	return calloc(n + m, sizeof(int));
}
