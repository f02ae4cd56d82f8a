// expect: 5 6
#include <stdio.h>
void read_three(int *n, double *d, long *l)
{
	scanf("%d %lf", n, d);
	scanf("%ld", l);
	scanf("%d", n);
	printf("%lf", *d);
}
