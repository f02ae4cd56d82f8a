// expect: 4
int test(int x, int y)
{
	if (x < y)
		return 1;
	return x < y;
}
