// expect: 8
int pick(int x)
{
	int y = 0;
	switch (x) {
	case 1:
		y = 2;
		break;
	case 2:
		y = 3;
		break;
	}
	while (x)
		break;
	return y;
}
