/* Ignores what it can and sleeps. */
#include <signal.h>
#include <unistd.h>

int main(void)
{
	for (int number = 1; number < 64; number++)
		signal(number, SIG_IGN);
	for (;;)
		sleep(1000);
}
