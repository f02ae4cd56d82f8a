// expect: 6
int test(char x, int y)
{
	if (x == 1 && x == 2)
		return 1;
	if (x == 'a' || x == 'e')
		return 2;
	return x == 1 || x == y;
}
