/* Reads what is none of its business. */
#include <stdio.h>

static void try(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file && fgetc(file) != EOF)
		printf("ESCAPED: read %s\n", path);
}

int main(int argc, char **argv)
{
	try("/etc/passwd");
	try("/etc/shadow");
	try("/proc/1/environ");
	try("../../../../../../../../etc/passwd");
	for (int i = 1; i < argc; i++)
		try(argv[i]);
	puts("done");
	return 0;
}
