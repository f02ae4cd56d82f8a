// expect: 4
int test(int x, int y)
{
	if (x) {
		y = 1;
		x = 2;
	}
	if (x) {
		y = 1;
	}
	if (y) {
		int z = x;
		x = z + 1;
		y = z;
	}
	if (x) {
		y = 1;
		x = 3;
	} else
		x = 4;
	return x + y;
}
