// expect: 5 6
#include <string.h>
void copy(char *b, const char *s, int n)
{
	strncpy(b, s, n);
	strncat(b, s, n);
	strcpy(b, s);
	b = strncpy(b, s, n);
}
