// expect: 5 6
#include <stdio.h>
void show(const char *s, FILE *f)
{
	printf("%s", s);
	fprintf(f, "%s", s);
	printf("%s", "text");
	printf("%s\n", s);
}
