// expect: 6
#include <stdio.h>
void done(FILE *f)
{
	fclose(f);
	fflush(stdout);
}
