// expect: 5 7
#include <stdlib.h>
int get(int *p, int *q, int n)
{
	if (p == NULL)
		return -1;
	if (!q) {
		return -1;
	}
	if (!n)
		return -1;
	return *p + q[0];
}
int quiet(int *p)
{
	if (!p)
		return -1;
	return 0;
}
