/* Looks for a way out. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK };

	for (int i = 0; i < 4; i++)
		if (socket(families[i], SOCK_STREAM, 0) >= 0 || socket(families[i], SOCK_RAW, 0) >= 0)
			printf("ESCAPED: a socket of family %d\n", families[i]);
	if (syscall(SYS_io_uring_setup, 8, NULL) >= 0)
		puts("ESCAPED: a ring");
	if (syscall(SYS_unshare, 0x50000000) == 0)
		puts("ESCAPED: a namespace");
	puts("done");
	return 0;
}
