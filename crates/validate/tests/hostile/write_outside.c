/* Writes, links and makes folders where it should not. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[4096];

	for (int i = 1; i < argc; i++) {
		snprintf(path, sizeof(path), "%s/escaped", argv[i]);
		if (open(path, O_WRONLY | O_CREAT, 0666) >= 0)
			printf("ESCAPED: wrote %s\n", path);
		if (mkdir(path, 0777) == 0)
			printf("ESCAPED: made %s\n", path);
		if (symlink(argv[i], "way_out") == 0 && open("way_out/escaped2", O_WRONLY | O_CREAT, 0666) >= 0)
			printf("ESCAPED: wrote through a link to %s\n", argv[i]);
		unlink("way_out");
	}
	puts("done");
	return 0;
}
