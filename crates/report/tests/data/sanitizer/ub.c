#include <stdlib.h>
struct s { int a, b; };
int main(int argc, char **argv) {
    int big = 2147483647; int arr[4] = {0}; struct s *n = 0; char raw[16] = {0};
    big += argc;
    int x = arr[argc + 4];
    x += 1 << (argc + 40);
    int *m = (int *)(raw + argc);
    x += *m;
    x += big / (argc - 1 + (argc > 9));
    return n->b + x;
}
