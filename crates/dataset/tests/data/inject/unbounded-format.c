// expect: 5
#include <stdio.h>
void show(char *b, unsigned long n, int x)
{
	snprintf(b, n, "%d", x);
	sprintf(b, "%d", x);
}
