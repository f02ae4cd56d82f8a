/* Takes memory and writes to it until there is no more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	size_t total = 0;
	char *block;

	while (total < ((size_t)4 << 30) && (block = malloc(1 << 20))) {
		memset(block, 1, 1 << 20);
		total += 1 << 20;
	}
	printf("took %zu MiB\n", total >> 20);
	return 0;
}
