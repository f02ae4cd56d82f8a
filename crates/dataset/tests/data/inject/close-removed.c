// expect: 5
#include <stdio.h>
void done(FILE *f)
{
	fclose(f);
}
int quiet(FILE *f)
{
	return fclose(f);
}
