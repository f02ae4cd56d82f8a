// expect: 5
#include <stdio.h>
int word(char *b, int *x)
{
	scanf("%9s", b);
	printf("%9s", b);
	return scanf("%9d%s", x, b);
}
