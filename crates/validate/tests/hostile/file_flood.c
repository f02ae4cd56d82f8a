/* Writes a file of 64 GiB. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	static char block[1 << 20];
	FILE *file = fopen("flood", "w");

	memset(block, 1, sizeof(block));
	for (int i = 0; file && i < 65536; i++)
		if (fwrite(block, sizeof(block), 1, file) != 1)
			break;
	puts("the file is written");
	return 0;
}
