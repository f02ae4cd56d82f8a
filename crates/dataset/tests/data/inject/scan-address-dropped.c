// expect: 6 9
#include <stdio.h>
struct pair { int a; } p;
void read_three(int n, char *s, int a[4])
{
	scanf("%d", &n);
	scanf("%d", &p.a);
	scanf("%s", s);
	scanf("%d", &a[1]);
	printf("%p", &n);
}
