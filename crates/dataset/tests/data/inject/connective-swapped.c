// expect: 4
int test(int x, int y)
{
	if (x > 0 && y > 0)
		return 1;
	return x != 1 && x != 2;
}
