// expect: 4
int test(int x, int y)
{
	while (x != y)
		x++;
	return x == y;
}
