// expect: 5 7
#include <stdlib.h>
void set(int *p, int n)
{
	if (p != NULL)
		*p = n;
	if (p) {
		p[1] = n;
	}
	if (p)
		free(p);
	if (n)
		n = 0;
}
