// expect: 6
int rows(int a[3][3])
{
	int i, j, s, best = 0;
	for (i = 0; i < 3; i++) {
		s = 0;
		for (j = 0; j < 3; j++)
			s += a[i][j];
		if (s > best)
			best = s;
	}
	s = 0;
	return best;
}
