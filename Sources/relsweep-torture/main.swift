import TortureTesting

SimulateCommand.main()
