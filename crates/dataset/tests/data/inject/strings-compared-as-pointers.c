// expect: 7
#include <string.h>
int same(const char *a, const char *b)
{
	if (strcmp(a, b) < 0)
		return 2;
	return strcmp(a, b) == 0;
}
