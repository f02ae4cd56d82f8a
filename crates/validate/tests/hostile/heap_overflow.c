/* Writes behind a block, which AddressSanitizer sees. */
#include <stdlib.h>

int main(void)
{
	volatile char *block = malloc(4);

	block[4] = 1;
	return block[4];
}
