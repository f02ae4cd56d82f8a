// expect: 5
#include <string.h>
void clear(char *p, int n)
{
	memset(p, 0, n);
	memset(p, 1, n);
}
