#include <stdlib.h>
static inline void drop(char *p) {
	free(p);
}
