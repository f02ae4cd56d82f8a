// expect: 4
int test(int x, const int y, int a[2])
{
	if (x == 1)
		return 1;
	if (y == 1)
		return 2;
	if (a == 0 || x == 2)
		return 3;
	return x == 4;
}
