// expect: 6
int test(int x, int y)
{
	if (x != 1 && y != 2)
		return 1;
	return x != 1 && x != 2;
}
