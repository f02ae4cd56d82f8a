#include "a.h"
int main(int argc, char **argv) {
	char *p = malloc(argc);
	drop(p);
	if (argc > 3) drop(p);
	return 0;
}
