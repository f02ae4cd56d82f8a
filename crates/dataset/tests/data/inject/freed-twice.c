// expect: 7
#include <stdlib.h>
void drop(char *p)
{
	p[0] = 1;
	free(p);
}
void quiet(char *p)
{
	if (p)
		free(p);
}
