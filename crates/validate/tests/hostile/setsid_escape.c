/* Leaves the process group and the session, and goes on in the background. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	if (fork() > 0) {
		sleep(1);
		return 0;
	}
	if (setsid() >= 0)
		puts("ESCAPED by setsid");
	if (setpgid(0, 0) == 0)
		puts("ESCAPED by setpgid");
	printf("pid %d\n", (int)getpid());
	fflush(stdout);
	sleep(100);
	return 0;
}
