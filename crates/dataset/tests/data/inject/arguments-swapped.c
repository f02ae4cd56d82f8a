// expect: 6
int minus(int a, int b) { return a - b; }
int max(int a, int b) { return a > b ? a : b; }
int test(int x, int y, double d)
{
	int a = minus(x, y);
	a += minus(x, d) + minus(x, x) + minus(x, 1);
	return a + max(x, y);
}
