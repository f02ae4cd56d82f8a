// expect: 6
#include <stdio.h>
#include <string.h>
int read_two(int *x, const char *s)
{
	if (scanf("%d", x) != 1)
		return -1;
	if (strcmp(s, "a") != 0)
		return -1;
	if (scanf("%d", x) == 1)
		*x = 1;
	return 0;
}
