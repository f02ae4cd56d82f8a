// expect: 6
#include <stdlib.h>
void drop(char *p)
{
	p[0] = 1;
	free(p);
}
void quiet(char *p, char *q)
{
	q[0] = 1;
	free(p);
	q = 0;
	free(q);
}
