// expect: 6
#include <stdlib.h>
int *make(int n)
{
	int *p;
	if ((p = malloc(n)) == NULL)
		return NULL;
	if (p == NULL)
		return NULL;
	return p;
}
