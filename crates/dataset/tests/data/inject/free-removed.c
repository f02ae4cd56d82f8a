// expect: 5 8
#include <stdlib.h>
void drop(char *p, char *q)
{
	free(p);
	if (q)
		free(q);
	else { free(q); }
}
