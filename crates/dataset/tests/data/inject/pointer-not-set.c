// expect: 6 7
#include <stdlib.h>
int use(int n)
{
	int *q = 0;
	int *p = malloc(n * sizeof(int));
	int *r = (int *)malloc(4);
	p[0] = r[0] = n;
	q = p;
	return q[0];
}
