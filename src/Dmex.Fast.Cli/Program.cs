return await Dmex.Fast.Cli.DmexCommand.InvokeAsync(args);
