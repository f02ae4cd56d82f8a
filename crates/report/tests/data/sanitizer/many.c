#include <stdlib.h>
#include <string.h>
#include <stdio.h>
int table[4] = {1,2,3,4};
static int deep(int n) { return n ? deep(n - 1) + 1 : *(volatile int *)0; }
int main(int argc, char **argv) {
    int how = argc > 1 ? atoi(argv[1]) : 0;
    char *p = malloc(8);
    switch (how) {
    case 0: p[8] = 1; break;
    case 1: free(p); return p[3];
    case 2: free(p); free(p); break;
    case 3: return table[how + argc];
    case 4: { char b[8]; strcpy(b, argv[1 + argc - 2]); memset(b, 0, argc + 20); return b[0]; }
    case 5: return deep(3);
    case 6: free(p + 1); break;
    case 7: p = 0; for (int i = 0; i < 3; i++) p = malloc(10 + i); printf("x\n"); p = 0; break;
    case 8: memcpy(p, p + 1, 4); break;
    case 9: p = malloc((size_t)-1); break;
    case 10: if (p[2] > argc) puts("y"); break;
    }
    return 0;
}
