// expect: 4
int test(int x, int y)
{
	if (y && x >= 1)
		return 1;
	return x < y;
}
