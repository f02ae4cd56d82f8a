// expect: 4
int mean(int s, int n, int m)
{
	if (n == 0)
		return 0;
	if (m == 0)
		return 1;
	return s / n;
}
