/* Starts processes until it no longer can, and says how many it could. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int count = 0;

	while (count < 20000) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			sleep(100);
			_exit(0);
		}
		count++;
	}
	printf("started %d\n", count);
	return count < 20000 ? 0 : 1;
}
