// expect: 7
struct pair { int a, b; };
int set(int x, struct pair p, struct pair q)
{
	int y;
	p = q;
	x = 1;
	x = y = 2;
	x += 1;
	return x;
}
