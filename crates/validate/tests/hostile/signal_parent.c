/* Kills whoever started it, and whoever else it finds. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (kill(atoi(argv[i]), SIGTERM) == 0)
			printf("ESCAPED: signalled %s\n", argv[i]);
	puts("done");
	return 0;
}
