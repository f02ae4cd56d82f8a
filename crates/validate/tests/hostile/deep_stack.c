/* Uses 40 MiB of stack. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	volatile char block[40 << 20];

	memset((char *)block, 1, sizeof block);
	printf("%d\n", block[1 << 20]);
	return 0;
}
