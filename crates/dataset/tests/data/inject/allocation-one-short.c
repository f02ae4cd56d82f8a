// expect: 8 10
#include <stdlib.h>
#include <string.h>
char *copy(const char *s, int n)
{
	char *a = malloc(n);
	free(a);
	a = malloc(strlen(s) + 1);
	a[n + 1] = 0;
	return realloc(a, (n + 1) * sizeof(char));
}
